"""What WhatsApp wants from us before it carries it: templates that it approves, buttons and lists."""
