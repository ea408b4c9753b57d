"""Builds tasks/assets/weights from public data sets, and measures what it built."""
