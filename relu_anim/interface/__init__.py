"""The interface for Python: what `import relu_anim` gives, each loaded when it is used."""
