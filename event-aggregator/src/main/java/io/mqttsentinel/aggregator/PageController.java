package io.mqttsentinel.aggregator;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import java.util.Map;
import java.util.TreeMap;

/** The page for analysts: a few files, no build step, nothing from elsewhere. */
@Controller
final class PageController {

  private static final String PAGE = "index.html";
  private static final Map<String, String> TYPES =
      Map.of(
          PAGE,
          "text/html; charset=utf-8",
          "page.css",
          "text/css; charset=utf-8",
          "page.js",
          "text/javascript; charset=utf-8",
          "chart.js",
          "text/javascript; charset=utf-8",
          "icon.svg",
          "image/svg+xml");

  private final Map<String, PageFile> files = new TreeMap<>();

  PageController() {
    TYPES.forEach((name, type) -> files.put(name, PageFile.load(name, type)));
  }

  @Get
  HttpResponse<byte[]> page(@Nullable @Header(HttpHeaders.IF_NONE_MATCH) String known) {
    return files.get(PAGE).answer(known);
  }

  @Get("/page/{name}")
  HttpResponse<byte[]> file(
      String name, @Nullable @Header(HttpHeaders.IF_NONE_MATCH) String known) {
    PageFile file = files.get(name);
    return file == null ? HttpResponse.notFound() : file.answer(known);
  }
}
