-- meaning: How many people the network knows in each unit of an organisation, and how many are members
-- grain: one row per organisation, unit and region; units and regions are empty when not known
-- role: communication
-- parameters:
--   organisation text = null: One organisation; none means all
-- returns:
--   organisation text: Organisation
--   unit text: Unit, faculty or department
--   region text: Region or location
--   sector text: Sector of the organisation
--   people integer persons: People whose work is there on the as-of date
--   members integer persons: Of those, members of the network
--   active integer persons: Of those people, who came to a meeting in the last twelve months
select
    organisation.name as organisation, affiliation.unit, person.region, organisation.sector,
    count(*) as people,
    count(*) filter (member.person_id is not null) as members,
    count(*) filter (activity.last_attended_on > as_of - to_months(12)) as active
from core.affiliation
cross join core.network
join core.organisation using (organisation_id)
join core.person using (person_id)
left join (
    select distinct person_id
    from core.membership
    cross join core.network
    where starts_on <= as_of and (ends_on is null or ends_on > as_of)
) as member on member.person_id = affiliation.person_id
left join marts.person_activity as activity on activity.person_id = affiliation.person_id
where (affiliation.starts_on is null or affiliation.starts_on <= as_of)
    and (affiliation.ends_on is null or affiliation.ends_on > as_of)
    and ($organisation::varchar is null or organisation.name = $organisation::varchar)
group by all
order by organisation.name, people desc, affiliation.unit nulls last, person.region nulls last
