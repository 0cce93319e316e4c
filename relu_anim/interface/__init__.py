"""What `import relu_anim` offers, in a module each: calls, films, how notebooks show them, and the recorder."""
