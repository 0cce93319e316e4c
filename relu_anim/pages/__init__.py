"""What is sent to browsers: pages, each with its style and its scripts, which are files of this room."""
