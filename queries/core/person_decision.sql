-- meaning: What people decided about who is whom, and who these are now
-- grain: one row per decision that was not taken back
-- role: coordinator
-- parameters: none
-- returns: core.person_decision
select decision_id, kind, person_a, person_b, decided_at, decided_by, reason, evidence, is_in_force
from staging.person_decision
