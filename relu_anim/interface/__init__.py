"""What `import relu_anim` offers, in a module each: calls, films, and how notebooks show them."""
