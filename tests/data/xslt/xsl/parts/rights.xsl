<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:php="http://php.net/xsl"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
  <xsl:template name="rights">
    <xsl:if test="dc:rights">
      <field name="description"><xsl:value-of select="php:function('Site::rights', dc:rights)"/></field>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
