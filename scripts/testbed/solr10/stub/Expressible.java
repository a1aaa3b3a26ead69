package org.apache.solr.client.solrj.io.stream.expr;

public interface Expressible {}
