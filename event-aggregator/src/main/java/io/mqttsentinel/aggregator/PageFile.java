package io.mqttsentinel.aggregator;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/** One file of the page, read once; a browser that has it is told so. */
final class PageFile {

  private final byte[] content;
  private final String type;
  private final String etag;

  private PageFile(byte[] content, String type) {
    this.content = content;
    this.type = type;
    this.etag = '"' + HexFormat.of().formatHex(Sha256.of(content), 0, 8) + '"';
  }

  /**
   * @throws IllegalStateException if the module was packed without it
   */
  static PageFile load(String name, String type) {
    try (InputStream in = PageFile.class.getResourceAsStream("/sentinel-page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the page's file " + name + " is not on the class path");
      }
      return new PageFile(in.readAllBytes(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param known the tag that the browser has; may be null
   */
  HttpResponse<byte[]> answer(String known) {
    if (etag.equals(known)) {
      return HttpResponse.<byte[]>notModified().header(HttpHeaders.ETAG, etag);
    }
    return HttpResponse.ok(content)
        .header(HttpHeaders.CONTENT_TYPE, type)
        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
        .header(HttpHeaders.ETAG, etag);
  }
}
