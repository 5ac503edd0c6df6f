"""The assessor's desk."""

from collabcomm.desk.widget import Desk

__all__ = ["Desk"]
