"""Prints what jobs give back: for people, or as JSON. One module a topic, which its commands import."""
