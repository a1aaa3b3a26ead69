"""The configset's solrconfig.xml: commits, update chain, request handlers and spellcheckers.

Handlers keep VuFind's names (`standard`, `dismax`, `edismax`, `morelikethis`, chosen by `qt`; `/search` and `/terms` by
their path) and defaults (all words must match, in allfields), so that a discovery site can be pointed at the core.
`/replication` needs no line: Solr has it in every core.

Solr 10 lets no `qt` choose a handler, and finds handlers by their path alone. There `/select` is one handler that
parses as `qt` says, so that a request for `standard`, `dismax` or `edismax` has the answer that Solr 9 gives;
`/morelikethis` is found by its path.
"""

_HANDLER = """\
  <requestHandler name="{name}" class="solr.SearchHandler"{default}>
    <lst name="defaults">
      <str name="defType">{parser}</str>
      <str name="echoParams">explicit</str>
      <str name="q.op">AND</str>
      <str name="df">allfields</str>{more}
      <str name="sow">true</str>
      <str name="spellcheck.extendedResults">true</str>
      <str name="spellcheck.onlyMorePopular">true</str>
      <str name="spellcheck.count">20</str>
    </lst>
    <arr name="last-components">
      <str>spellcheck</str>
    </arr>
  </requestHandler>
"""

# Suggestions come straight from the index's terms: a spelling index of its own, as VuFind has for `default` and
# `basicSpell`, is only ever rebuilt by an optimize and goes stale without one.
_SPELLCHECKER = """\
    <lst name="spellchecker">
      <str name="name">{name}</str>
      <str name="field">{field}</str>
      <str name="classname">solr.DirectSolrSpellChecker</str>
      <float name="accuracy">{accuracy}</float>
      <int name="maxEdits">2</int>
      <int name="minPrefix">1</int>
      <int name="minQueryLength">4</int>
      <float name="maxQueryFrequency">0.01</float>
    </lst>
"""

_CONFIG = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by `indexer schema build`: change it in indexer/engines/solr/solrconfig.py. -->
<config>
  <luceneMatchVersion>9.0</luceneMatchVersion>
  <dataDir>${{solr.data.dir:}}</dataDir>
  <directoryFactory name="DirectoryFactory" class="${{solr.directoryFactory:solr.NRTCachingDirectoryFactory}}"/>
  <codecFactory class="solr.SchemaCodecFactory"/>
  <schemaFactory class="ClassicIndexSchemaFactory"/>
  <indexConfig>
    <lockType>${{solr.lock.type:native}}</lockType>
  </indexConfig>

  <!-- What is acknowledged is in the log; a hard commit cuts the log every 15 s and opens no searcher: nothing is
       visible until the loader commits. -->
  <updateHandler class="solr.DirectUpdateHandler2">
    <updateLog>
      <str name="dir">${{solr.ulog.dir:}}</str>
    </updateLog>
    <autoCommit>
      <maxTime>${{solr.autoCommit.maxTime:15000}}</maxTime>
      <openSearcher>false</openSearcher>
    </autoCommit>
  </updateHandler>

  <!-- A bad document costs itself, not its batch: Solr answers 200 and names it under responseHeader/errors. -->
  <updateRequestProcessorChain name="tolerant" default="true">
    <processor class="solr.TolerantUpdateProcessorFactory">
      <int name="maxErrors">-1</int>
    </processor>
    <processor class="solr.LogUpdateProcessorFactory"/>
    <processor class="solr.DistributedUpdateProcessorFactory"/>
    <processor class="solr.RunUpdateProcessorFactory"/>
  </updateRequestProcessorChain>

  <!-- For a SolrCloud, where the chain above acknowledges what another node should have taken and did not, because it
       is gone: such an error names no document. -->
  <updateRequestProcessorChain name="strict">
    <processor class="solr.LogUpdateProcessorFactory"/>
    <processor class="solr.DistributedUpdateProcessorFactory"/>
    <processor class="solr.RunUpdateProcessorFactory"/>
  </updateRequestProcessorChain>

  <query>
    <maxBooleanClauses>${{solr.max.booleanClauses:1024}}</maxBooleanClauses>
    <filterCache size="512" initialSize="512" autowarmCount="128"/>
    <queryResultCache size="512" initialSize="512" autowarmCount="32"/>
    <documentCache size="512" initialSize="512"/>
    <enableLazyFieldLoading>true</enableLazyFieldLoading>
    <queryResultWindowSize>50</queryResultWindowSize>
    <queryResultMaxDocsCached>200</queryResultMaxDocsCached>
    <useColdSearcher>false</useColdSearcher>
    <maxWarmingSearchers>2</maxWarmingSearchers>
  </query>

{dispatcher}
{handlers}
  <requestHandler name="/get" class="solr.RealTimeGetHandler">
    <lst name="defaults">
      <str name="omitHeader">true</str>
    </lst>
  </requestHandler>
  <requestHandler name="/update" class="solr.UpdateRequestHandler"/>
  <requestHandler name="/analysis/field" class="solr.FieldAnalysisRequestHandler"/>
  <requestHandler name="/admin/ping" class="solr.PingRequestHandler">
    <lst name="invariants">
      <str name="qt">{ping}</str>
      <str name="q">*:*</str>
      <str name="rows">0</str>
    </lst>
  </requestHandler>

  <searchComponent name="terms" class="solr.TermsComponent"/>
  <requestHandler name="/terms" class="solr.SearchHandler">
    <lst name="defaults">
      <bool name="terms">true</bool>
    </lst>
    <arr name="components">
      <str>terms</str>
    </arr>
  </requestHandler>

  <requestHandler name="{similar}" class="solr.MoreLikeThisHandler">
    <lst name="defaults">
      <str name="df">allfields</str>
      <str name="mlt.fl">title,title_short,topic,author,callnumber-label,language,publishDate</str>
      <str name="mlt.qf">title^75 title_short^100 topic^300 author^75 callnumber-label^400 language^30 publishDate</str>
      <bool name="mlt.boost">true</bool>
      <int name="mlt.mintf">1</int>
      <int name="mlt.mindf">1</int>
      <int name="rows">5</int>
    </lst>
  </requestHandler>

  <searchComponent name="spellcheck" class="solr.SpellCheckComponent">
    <str name="queryAnalyzerFieldType">textSpell</str>
{spellcheckers}  </searchComponent>
</config>
"""


_BY_HANDLER = """\
  <!-- /select is answered by the handler that qt names, by `standard` without one. -->
  <requestDispatcher handleSelect="true">
    <httpCaching never304="true"/>
  </requestDispatcher>
"""

# Solr replaces ${...} when it reads the file, and in the parameters of each request: $$ leaves it to the latter.
_BY_PARSER = """\
  <requestDispatcher>
    <httpCaching never304="true"/>
  </requestDispatcher>

  <!-- /select parses as qt says: standard, dismax, edismax. -->
  <queryParser name="standard" class="solr.LuceneQParserPlugin"/>
"""
_QT = "$${qt:lucene}"


def solrconfig_xml(major: int) -> str:
    """The solrconfig.xml of the biblio configset, for this version of Solr."""
    fields = '\n      <str name="qf">allfields title^10 author^5 topic^2</str>'
    search = _HANDLER.format(name="/search", default="", parser="lucene", more="")
    if major < 10:
        names = {"dispatcher": _BY_HANDLER, "ping": "standard", "similar": "morelikethis"}
        handlers = [
            _HANDLER.format(name="standard", default=' default="true"', parser="lucene", more=""),
            search,
            _HANDLER.format(name="dismax", default="", parser="dismax", more=fields),
            _HANDLER.format(name="edismax", default="", parser="edismax", more=fields),
        ]
    else:
        names = {"dispatcher": _BY_PARSER, "ping": "/search", "similar": "/morelikethis"}
        handlers = [_HANDLER.format(name="/select", default=' default="true"', parser=_QT, more=fields), search]
    spellcheckers = [
        # Pairs of words: by far longer than a word, so the same two edits are a smaller share of them.
        _SPELLCHECKER.format(name="default", field="spellingShingle", accuracy="0.75"),
        _SPELLCHECKER.format(name="basicSpell", field="spelling", accuracy="0.75"),
        _SPELLCHECKER.format(name="direct", field="allfields_unstemmed", accuracy="0.5"),
    ]
    return _CONFIG.format(handlers="\n".join(handlers), spellcheckers="".join(spellcheckers), **names)
