-- Divides the index tables of a PostgreSQL store by the compartment (the patient), 16 parts each, with all rows and indexes.
-- Taken are the tables of the schema fhir whose unique keys all hold the compartment; resource and history are found by their
-- key alone and stay whole. Stop the servers first:  psql -v ON_ERROR_STOP=1 -1 -f partition.sql
-- https://www.postgresql.org/docs/15/ddl-partitioning.html
DO $$
DECLARE
    parts CONSTANT int := 16;
    whole record;
    key record;
    views text[];
    view text;
BEGIN
    FOR whole IN
        SELECT c.oid, c.relname AS name
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'compartment'
        WHERE c.relnamespace = 'fhir'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
          AND NOT EXISTS (
              SELECT 1 FROM pg_index i
              WHERE i.indrelid = c.oid AND i.indisunique AND NOT a.attnum = ANY (i.indkey::int2[]))
          AND c.relname <> 'history'
    LOOP
        -- Their text names the table; a renamed one would take them along.
        SELECT array_agg(DISTINCT format('CREATE OR REPLACE VIEW fhir.%I AS %s', v.relname, pg_get_viewdef(v.oid)))
        INTO views
        FROM pg_depend d
        JOIN pg_rewrite r ON r.oid = d.objid
        JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
        WHERE d.refobjid = whole.oid;
        EXECUTE format('ALTER TABLE fhir.%I RENAME TO %I', whole.name, whole.name || '_whole');
        EXECUTE format(
            'CREATE TABLE fhir.%I (LIKE fhir.%I INCLUDING DEFAULTS INCLUDING STORAGE) PARTITION BY HASH (compartment)',
            whole.name, whole.name || '_whole');
        FOR part IN 0 .. parts - 1 LOOP
            EXECUTE format(
                'CREATE TABLE fhir.%I PARTITION OF fhir.%I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
                whole.name || '_' || part, whole.name, parts, part);
        END LOOP;
        EXECUTE format('INSERT INTO fhir.%I SELECT * FROM fhir.%I', whole.name, whole.name || '_whole');
        FOR key IN
            SELECT i.indisprimary AS is_primary,
                   i.indisunique AS is_unique,
                   substring(pg_get_indexdef(i.indexrelid) FROM ' USING (.*)$') AS shape,
                   pg_get_constraintdef(k.oid) AS rule
            FROM pg_index i
            LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid
            WHERE i.indrelid = whole.oid
        LOOP
            EXECUTE CASE
                WHEN key.is_primary THEN format('ALTER TABLE fhir.%I ADD %s', whole.name, key.rule)
                ELSE format('CREATE %s INDEX ON fhir.%I USING %s',
                            CASE WHEN key.is_unique THEN 'UNIQUE' ELSE '' END, whole.name, key.shape)
            END;
        END LOOP;
        FOREACH view IN ARRAY COALESCE(views, '{}') LOOP
            EXECUTE view;
        END LOOP;
        EXECUTE format('DROP TABLE fhir.%I', whole.name || '_whole');
    END LOOP;
END
$$;
