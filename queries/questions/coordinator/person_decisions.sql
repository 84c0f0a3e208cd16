-- meaning: What people decided about who is whom, and who these are now
-- grain: one row per decision that was not taken back
-- role: coordinator
-- parameters: none
-- returns:
--   decision_id integer: Number of the decision
--   kind text: same, different, later or split
--   person_a id: One of the two people
--   person_b id: The other; after a join both are the same
--   name_a text: The name of the one
--   name_b text: The name of the other
--   decided_at timestamp: When it was taken
--   decided_by text: Who took it
--   reason text: Why
--   evidence text: Fingerprint of what was compared
--   is_in_force boolean: Whether it holds: both are known, and nothing newer contradicts it
select
    decided.decision_id, decided.kind,
    decided.person_a, decided.person_b,
    one.full_name as name_a, other.full_name as name_b,
    decided.decided_at, decided.decided_by, decided.reason, decided.evidence, decided.is_in_force
from core.person_decision as decided
left join core.person as one on one.person_id = decided.person_a
left join core.person as other on other.person_id = decided.person_b
order by decided.decision_id desc
