"""The commands: translate, call, translate back."""
