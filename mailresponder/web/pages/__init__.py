"""The pages, one module each: functions from what was asked to an answer, and their routes."""
