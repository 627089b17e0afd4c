"""Words and rules of the trade: values, states and errors, with no input or output."""
