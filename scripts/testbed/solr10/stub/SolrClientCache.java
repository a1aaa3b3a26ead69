package org.apache.solr.client.solrj.io;

/** What Solr's core names and no node of ours uses: streaming expressions. */
public class SolrClientCache implements java.io.Closeable {
  public SolrClientCache() {}

  public SolrClientCache(org.apache.solr.client.solrj.impl.HttpSolrClientBase client) {}

  public void setBasicAuthCredentials(String user, String password) {}

  public void setDefaultZKHost(String host) {}

  public void close() {}
}
