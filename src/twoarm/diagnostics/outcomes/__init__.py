"""What the outcomes say of each other, and the scale behind them."""
