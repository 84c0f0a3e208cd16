-- meaning: The keys by which people are known, and the names that rows with such a key write
-- grain: one row per person, key and name
-- role: coordinator
-- parameters:
--   person text = null: One person, by the id of the person or of any of the keys; none means everyone
-- returns:
--   person_id id: The person
--   full_name text: Name as last written
--   kind text: email, linkedin, external or name
--   key text: The key, with its kind in front
--   handle id: The id that this key alone would give
--   name text: A name written with this key, of people who are written in several ways
select
    person_key.person_id, person.full_name, person_key.kind, person_key.key,
    person_key.handle, person_spelling.name
from core.person_key
join core.person using (person_id)
left join core.person_spelling using (person_id, key)
where $person is null
    or person_key.person_id in (
        select person_id from core.person_key
        where person_id = try_cast($person as uuid) or handle = try_cast($person as uuid)
    )
order by person_id, key, name
