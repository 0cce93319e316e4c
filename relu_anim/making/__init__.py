"""From orders to files: what must be done is decided, done here, in processes or on a cluster, written and kept."""
