package org.apache.solr.client.solrj.io;

public class ModelCache {
  public ModelCache(int size, String host, SolrClientCache clients) {}
}
