// Package playbook reads and applies playbooks: one YAML file that says how a community takes people in, seats them,
// speaks to them and moves them along.
//
// What must stay true:
//   - A wrong file is refused with line, field and reason, and changes nothing.
//   - Applying a playbook twice changes nothing the second time.
//   - What the playbook before named and the new one does not is retired: it goes on for those who are inside and takes nobody
//     new. What an operator added or changed by hand stays.
//   - The parts of a playbook are the configurations of the domains themselves; nothing is said twice, and the JSON Schema
//     is made of the same types.
package playbook
