package io.github.txt2lora.samples.spring;

import io.github.txt2lora.samples.spring.LoraLibrary.StoredLora;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** LoRAs as resources. */
@RestController
@Tag(name = "LoRAs")
@RequestMapping("/loras")
final class LoraController {

    private final LoraLibrary library;
    private final LoraPictures pictures;

    LoraController(LoraLibrary library, LoraPictures pictures) {
        this.library = library;
        this.pictures = pictures;
    }

    /**
     * The LoRAs, the newest first.
     *
     * @param search words that each occur in name or look; by default all LoRAs are listed
     */
    @Operation(summary = "the LoRAs, the newest first")
    @GetMapping
    List<LoraSummary> list(@RequestParam(name = "search", defaultValue = "") String search) {
        return library.all().stream().filter(lora -> lora.matches(search)).toList();
    }

    @Operation(summary = "takes in a LoRA; the body of the request is its .safetensors file")
    @PutMapping("/{name}")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    ResponseEntity<LoraSummary> upload(@PathVariable("name") String name, HttpServletRequest request)
            throws IOException {
        library.requireSize(request.getContentLengthLong());
        try (InputStream body = request.getInputStream()) {
            return ResponseEntity.created(fileOf(name)).body(library.add(name, body));
        }
    }

    private static URI fileOf(String name) {
        return UriComponentsBuilder.fromPath("/loras")
                .pathSegment(name, "file")
                .build()
                .encode()
                .toUri();
    }

    /**
     * The file, whole or a range of it, so that a download can go on where it broke off.
     *
     * @param onlyIf version of which the client has a part; of another one it gets the whole file
     */
    @Operation(summary = "the file, whole or a range of it, so that a download can go on where it broke off")
    @GetMapping("/{name}/file")
    ResponseEntity<Resource> download(
            @PathVariable("name") String name,
            @RequestHeader(name = HttpHeaders.IF_RANGE, required = false) @Nullable String onlyIf)
            throws IOException {
        StoredLora lora = library.find(name);
        String version = '"' + lora.version() + '"';
        Resource content = onlyIf == null || onlyIf.equals(version)
                ? new FileSystemResource(lora.file())
                : new InputStreamResource(Files.newInputStream(lora.file()));
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .contentLength(Files.size(lora.file()))
                .eTag(version)
                .cacheControl(CacheControl.noCache().cachePrivate())
                .header(HttpHeaders.CONTENT_DISPOSITION, attachment(name + ".safetensors"))
                .body(content);
    }

    /** Only a name that needs it is encoded, which some clients cannot read. */
    private static String attachment(String fileName) {
        boolean isAscii = StandardCharsets.US_ASCII.newEncoder().canEncode(fileName);
        ContentDisposition.Builder attachment = ContentDisposition.attachment();
        return (isAscii ? attachment.filename(fileName) : attachment.filename(fileName, StandardCharsets.UTF_8))
                .build()
                .toString();
    }

    @Operation(summary = "an image of what the LoRA teaches, drawn when it is asked for the first time")
    @GetMapping(path = "/{name}/picture", produces = MediaType.IMAGE_PNG_VALUE)
    Resource picture(@PathVariable("name") String name) throws IOException {
        return new FileSystemResource(pictures.of(library.find(name), library.words(name)));
    }

    @Operation(summary = "deletes a LoRA")
    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable("name") String name) throws IOException {
        library.delete(name);
        pictures.forget(name);
    }
}
