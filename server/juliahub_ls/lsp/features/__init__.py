"""One file per feature. Each has `HANDLERS`: method → an async function of the session and the decoded parameters."""
