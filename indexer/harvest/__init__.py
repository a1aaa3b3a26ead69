"""Brings what a live OAI-PMH server has new into a folder, page by page: from there on they are dumps like any other.

A page is the server's answer as it came. Nothing is loaded from memory, so a kill at any moment costs one page at the
most, and an index can be made anew without asking the server for everything again.
"""
