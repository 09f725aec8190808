"""Nastavnik: mentoring programmes of a school, a college and a district."""

__version__ = "0.1.0"
