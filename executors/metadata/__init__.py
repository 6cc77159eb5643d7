"""What files say of themselves: read from their content, within bounds, by libraries loaded when they are needed."""
