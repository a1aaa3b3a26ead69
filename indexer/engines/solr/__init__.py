"""Solr, standalone and as SolrCloud."""
