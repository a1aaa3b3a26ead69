"""Loads library record dumps into search engines as VuFind biblio documents."""

__version__ = "0.1.0"
