"""What each command does: calls the engine, prints the result, returns the exit code."""
