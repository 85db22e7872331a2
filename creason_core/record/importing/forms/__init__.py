"""Forms of tables that hold a patient's values otherwise than a row a patient: FHIR, OMOP, REDCap, tests as codes."""
