"""A small engine that turns a folder of text files into a training course."""

__version__ = "0.1.0"
