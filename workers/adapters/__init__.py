"""One adapter a file, named <technology>_<port>.py."""
