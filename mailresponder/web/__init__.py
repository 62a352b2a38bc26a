"""A small page for admins and staff: templates, the queue, the desk's health, and why a mail was
read as it was. Rendered on the server; what changes anything is a form.
"""
