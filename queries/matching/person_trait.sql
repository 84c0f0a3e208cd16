-- meaning: What the files say about people at a moment: organisation, function, audience, place
-- grain: one row per row of input that says any of it
-- role: coordinator
-- parameters: none
-- returns: staging.person_trait
with said as (
    select
        identity, staging.file_id(sha256) as file_id, line, null::date as told_on, joined_on, null::timestamp as happened_at, received_at,
        organisation, unit, job_title, audience, country, region
    from staging.membership
    where has_trait
    union all
    select
        identity, staging.file_id(sha256), line, null, connected_on, null, received_at,
        organisation, unit, job_title, audience, country, region
    from staging.contact
    where has_trait
    union all
    select
        identity, staging.file_id(sha256), line, null, null, coalesce(starts_at, registered_at), received_at,
        organisation, unit, job_title, audience, country, region
    from staging.registration
    where has_trait
    union all
    select
        identity, staging.file_id(sha256), line, null, null, coalesce(starts_at, joined_at), received_at,
        organisation, unit, job_title, audience, country, region
    from staging.attendance
    where has_trait
    union all
    select
        identity, staging.file_id(sha256), line, null, null, contributed_at, received_at,
        organisation, unit, job_title, audience, country, region
    from staging.contribution
    where has_trait
),

dated as (
    select
        person_id, file_id, line, received_at, organisation, unit, job_title, audience, country, region,
        joined_on, first_received_at,
        coalesce(happened_at, received_at) as moment
    from said
    join staging.person_of using (identity)
    where coalesce(organisation, unit, job_title, audience, country, region) is not null
)

-- A list says how things are when it is received; only the first list also speaks for the day of joining.
select
    person_id,
    case
        when joined_on is not null and (received_at = first_received_at or joined_on > first_received_at::date)
            then joined_on
        else timezone(network.time_zone, timezone('UTC', moment))::date
    end as seen_on,
    received_at, file_id, line,
    organisation, staging.plain_organisation(organisation) as plain_organisation,
    unit, job_title, audience, country, region
from dated
cross join core.network
