-- meaning: Who registered for which meeting, as the files say
-- grain: one row per row of input; of rows with an id of their own those of the last file that tells it
-- role: coordinator
-- parameters: none
-- returns: staging.registration
select
    sha256, part, line, source, received_at,
    staging.identity_of(
        source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256
    ) as identity,
    coalesce(organisation, unit, job_title, audience, country, region) is not null as has_trait,
    external_id, full_name, given_name, family_name, email, linkedin_url,
    staging.clean(organisation) as organisation,
    staging.clean(unit) as unit,
    staging.clean(job_title) as job_title,
    staging.clean(audience) as audience,
    staging.clean(country) as country,
    staging.clean(region) as region,
    staging.occasion_of(event_id, title, starts_at, ends_at, sha256) as occasion,
    staging.clean(event_id) as event_id, staging.clean(title) as title, starts_at, ends_at,
    case
        when lower(staging.clean(status)) in ('aangemeld', 'ingeschreven', 'geregistreerd', 'ja', 'yes', 'going', 'confirmed', 'bevestigd') then 'registered'
        when lower(staging.clean(status)) in ('afgemeld', 'geannuleerd', 'uitgeschreven', 'canceled', 'teruggetrokken') then 'cancelled'
        when lower(staging.clean(status)) in ('wachtlijst', 'op de wachtlijst', 'waitlist', 'waiting list', 'reserve') then 'waitlisted'
        when lower(staging.clean(status)) in ('afgewezen', 'geweigerd', 'verhinderd', 'nee', 'no', 'not going') then 'declined'
        else coalesce(lower(staging.clean(status)), 'registered')
    end as status,
    registered_at, entry_id
from feeds.registration
where entry_id is null
    or {'source': source, 'entry': entry_id, 'at': received_at, 'file': sha256} in (
        select {'source': source, 'entry': entry_id, 'at': max(received_at), 'file': arg_max(sha256, {'at': received_at, 'file': sha256})}
        from feeds.registration
        where entry_id is not null
        group by source, entry_id
    )
