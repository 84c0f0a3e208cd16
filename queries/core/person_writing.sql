-- meaning: Every way in which the files write each person: name, address and profile together
-- grain: one row per person and way of writing
-- role: coordinator
-- parameters: none
-- returns: core.person_writing
select
    person_id, staging.stored(identity) as writing_id,
    name, written_email as email, written_linkedin as linkedin_url,
    identity_key.first_received_at, identity_key.last_received_at
from staging.person_of
join staging.identity_key using (identity)
