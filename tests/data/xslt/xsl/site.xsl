<?xml version="1.0" encoding="UTF-8"?>
<!-- A site's own: Dublin Core with the functions that such stylesheets call. -->
<!DOCTYPE xsl:stylesheet [<!ENTITY nbsp "&#160;">]>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:php="http://php.net/xsl"
    xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    exclude-result-prefixes="php oai_dc dc">
  <xsl:include href="parts/rights.xsl"/>
  <xsl:param name="institution">Nobody</xsl:param>
  <xsl:param name="collection">None</xsl:param>
  <xsl:param name="id_tag_name">identifier</xsl:param>
  <xsl:variable name="places" select="document('parts/places.xml')"/>
  <xsl:template match="/">
    <xsl:apply-templates select="//oai_dc:dc"/>
  </xsl:template>
  <xsl:template match="oai_dc:dc[dc:type = 'withdrawn']">
    <delete><id><xsl:value-of select="*[name() = $id_tag_name]"/></id></delete>
  </xsl:template>
  <xsl:template match="oai_dc:dc[dc:type = 'hidden']"/>
  <xsl:template match="oai_dc:dc">
    <add>
      <doc>
        <field name="id"><xsl:value-of select="*[name() = $id_tag_name]"/></field>
        <field name="record_format">site</field>
        <field name="institution"><xsl:value-of select="$institution"/></field>
        <field name="collection"><xsl:value-of select="$collection"/></field>
        <xsl:for-each select="dc:language">
          <field name="language">
            <xsl:value-of select="php:function('VuFind::mapString', normalize-space(string(.)), 'languages.properties')"/>
          </field>
        </xsl:for-each>
        <xsl:for-each select="dc:subject">
          <xsl:for-each select="php:function('VuFind::explode', '; ', string(.))/part">
            <field name="topic"><xsl:value-of select="normalize-space(.)"/></field>
          </xsl:for-each>
        </xsl:for-each>
        <xsl:for-each select="dc:creator">
          <xsl:choose>
            <xsl:when test="php:function('VuFind::isInvertedName', string(.))">
              <field name="author"><xsl:value-of select="."/></field>
            </xsl:when>
            <xsl:otherwise>
              <field name="author"><xsl:value-of select="php:function('VuFind::invertName', string(.))"/></field>
            </xsl:otherwise>
          </xsl:choose>
        </xsl:for-each>
        <xsl:if test="dc:title">
          <field name="title"><xsl:value-of select="dc:title"/></field>
          <field name="title_sort">
            <xsl:value-of
                select="php:functionString('VuFind::titleSortLower', php:functionString('VuFind::stripArticles', dc:title))"/>
          </field>
        </xsl:if>
        <xsl:if test="dc:date">
          <field name="publishDate"><xsl:value-of select="php:function('VuFind::extractBestDateOrRange', dc:date)"/></field>
          <field name="publishDateSort"><xsl:value-of select="php:function('VuFind::extractEarliestYear', dc:date)"/></field>
        </xsl:if>
        <field name="first_indexed">
          <xsl:value-of select="php:function('VuFind::getFirstIndexed', 'biblio', 'x', string(datestamp))"/>
        </field>
        <xsl:for-each select="dc:publisher">
          <xsl:variable name="name" select="string(.)"/>
          <field name="publisher"><xsl:value-of select="$places//place[@of = $name]"/>&nbsp;: <xsl:value-of select="."/></field>
        </xsl:for-each>
        <xsl:call-template name="rights"/>
        <xsl:for-each
            select="php:function('VuFindWorkKeys::getWorkKeys', '', dc:title[normalize-space()], php:functionString('VuFind::stripArticles', dc:title[normalize-space()]), dc:creator, '', '', ':: NFD; :: lower; :: Latin; :: [^[:letter:] [:number:]] Remove; :: NFKC;')/workKey">
          <field name="work_keys_str_mv"><xsl:value-of select="."/></field>
        </xsl:for-each>
      </doc>
    </add>
  </xsl:template>
</xsl:stylesheet>
