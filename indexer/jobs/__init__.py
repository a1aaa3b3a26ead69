"""What the commands do: load, sync, re-index, verify."""
