"""A new index built beside the live one: verified, promoted, and the way back."""
