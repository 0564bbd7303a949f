package io.github.txt2lora.samples.spring;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Serves only who has the token. The page itself, the description of the API and the sign of health are for all, as they
 * tell nothing. Where there is no token, {@link ServiceAddress} binds to this machine alone; requests then have to name
 * it, so that no web page can reach the service under a name of its own.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class AccessToken extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";

    private static final Set<String> OPEN = Set.of("/", "/index.html", "/favicon.ico", "/actuator/health", "/error");

    private static final Set<String> NAMES_OF_THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final Optional<byte[]> token;
    private final HandlerExceptionResolver problems;

    AccessToken(ServiceSettings settings, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.token = settings.accessToken().map(AccessToken::digest);
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Refusal refusal = refusal(request);
        if (refusal == null) {
            chain.doFilter(request, response);
        } else {
            problems.resolveException(request, response, null, refusal);
        }
    }

    private @Nullable Refusal refusal(HttpServletRequest request) {
        if (token.isEmpty()) {
            return NAMES_OF_THIS_MACHINE.contains(request.getServerName())
                    ? null
                    : Refusal.of(
                            HttpStatus.FORBIDDEN,
                            "the service has no access token and is there for localhost alone; set txt2lora.token to"
                                    + " serve other names");
        }
        if (isOpen(request.getServletPath()) || isRight(request.getHeader(HttpHeaders.AUTHORIZATION))) {
            return null;
        }
        Refusal refusal = Refusal.of(
                HttpStatus.UNAUTHORIZED,
                "the access token is missing or wrong; expected the header Authorization: Bearer TOKEN");
        refusal.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return refusal;
    }

    private static boolean isOpen(String path) {
        return OPEN.contains(path) || path.startsWith("/page/") || path.startsWith("/v3/api-docs");
    }

    /** Digests have the same length and are compared as a whole, so that the time tells nothing about the token. */
    private boolean isRight(@Nullable String header) {
        return header != null
                && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && token.filter(expected -> MessageDigest.isEqual(
                                expected,
                                digest(header.substring(SCHEME.length()).strip())))
                        .isPresent();
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
