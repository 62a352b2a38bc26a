"""Finds the weights of the shipped model: `python -m mailresponder.listening.train --data DIR`.

Never imported by the program itself: it needs the extra `train`.
"""
