package org.apache.solr.client.solrj.io.stream.expr;

public class StreamFactory implements java.io.Serializable {
  public StreamFactory withCollectionZkHost(String collection, String host) {
    return this;
  }

  public StreamFactory withDefaultZkHost(String host) {
    return this;
  }

  public StreamFactory withFunctionName(String name, Class<? extends Expressible> function) {
    return this;
  }

  public StreamFactory withFunctionName(
      String name, java.util.function.Supplier<Class<? extends Expressible>> function) {
    return this;
  }
}
