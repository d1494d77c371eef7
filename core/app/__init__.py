"""The stories: load, decide, store, ask for effects. One transaction a story; no `if` about the business."""
