package org.apache.solr.client.solrj.io.stream.expr;

public class DefaultStreamFactory extends StreamFactory {}
