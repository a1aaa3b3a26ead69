"""From another importer's installation to a configuration of ours: what comes over, and what needs a hand.

Reads files and writes none: what is made is text (`vufind.Migration`), which the command line writes.
"""
