"""The measures of the domain guide (8.2): what is counted, how, and what keeps small groups from being seen."""
