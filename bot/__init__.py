"""The Slack surface: cards, buttons, modals and the Home tab."""
