# Makes baseline_risk_values.json: Rscript make_baseline_risk_values.R > baseline_risk_values.json
#
# Logistic regressions by glm; delta-method errors from numerical derivatives; Fieller's interval by
# searching its ends. The data are multiples of 1/64 from the generator of Park and Miller, so that
# they are the same numbers everywhere. The outcome is undesirable.

suppressMessages(library(jsonlite))

state <- 20260
uniform <- function(n) {
  drawn <- numeric(n)
  for (i in seq_len(n)) {
    state <<- (16807 * state) %% 2147483647
    drawn[i] <- state / 2147483647
  }
  drawn
}
sixtyfourths <- function(x) round(64 * x) / 64
z <- qnorm(0.975)

n <- 480
risk <- (1 + floor(62 * uniform(n))) / 64
arm <- as.numeric(uniform(n) < 0.4)
event <- as.numeric(uniform(n) < plogis(0.8 * qlogis(risk) - 0.9 * arm))
phi0 <- sixtyfourths(risk + (1 - arm) * (event - risk) / 0.6)
phi1 <- sixtyfourths(0.75 * risk + arm * (event - 0.75 * risk) / 0.4)
group <- floor(4 * (rank(risk, ties.method = "average") - 1) / n) + 1

gradient <- function(f, at, step = 1e-5) {
  sapply(seq_along(at), function(k) {
    move <- replace(numeric(length(at)), k, step)
    (f(at + move) - f(at - move)) / (2 * step)
  })
}
with_error <- function(f, at, covariance) {
  slope <- gradient(f, at)
  c(f(at), sqrt(drop(slope %*% covariance %*% slope)))
}

tight <- glm.control(epsilon = 1e-15, maxit = 100)
lp <- qlogis(risk)
fit <- glm(event ~ lp + arm, family = binomial, control = tight)
scaled <- (lp - mean(lp)) / sqrt(mean((lp - mean(lp))^2))
trend <- glm(event ~ scaled * arm, family = binomial, control = tight)

mean_risk <- function(b, rows, arm) mean(plogis(b[1] + b[2] * lp[rows] + b[3] * arm))
benefit <- function(b, rows) mean_risk(b, rows, 0) - mean_risk(b, rows, 1)
log_odds_ratio <- function(b, rows) qlogis(mean_risk(b, rows, 1)) - qlogis(mean_risk(b, rows, 0))
share <- function(b, rows) sum(rows) * benefit(b, rows) / (n * benefit(b, rep(TRUE, n)))

fieller <- function(part, variance, total, total_variance) {
  apart <- function(s) {
    (part - s * total)^2 - z^2 * (variance * (1 - 2 * s) + s^2 * total_variance)
  }
  middle <- part / total
  c(middle, uniroot(apart, c(middle - 20, middle), tol = 1e-14)$root,
    uniroot(apart, c(middle, middle + 20), tol = 1e-14)$root)
}
scored <- sapply(1:4, function(k) {
  rows <- group == k
  c(sum(rows) * mean(phi0[rows] - phi1[rows]) / n, (sum(rows) / n)^2 * var((phi0 - phi1)[rows]) / sum(rows))
})
in_group <- function(k) {
  rows <- group == k
  means <- c(mean(phi0[rows]), mean(phi1[rows]))
  covariance <- cov(cbind(phi0[rows], phi1[rows])) / sum(rows)
  crude <- glm(event[rows] ~ arm[rows], family = binomial, control = tight)
  treated <- rows & arm == 1
  control <- rows & arm == 0
  list(
    aipw = list(
      benefit = with_error(function(m) m[1] - m[2], means, covariance),
      log_odds_ratio = with_error(function(m) qlogis(m[2]) - qlogis(m[1]), means, covariance),
      share = fieller(scored[1, k], scored[2, k], sum(scored[1, ]), sum(scored[2, ]))
    ),
    crude = list(
      benefit = c(mean(event[control]) - mean(event[treated]),
                  sqrt(var(event[control]) / sum(control) + var(event[treated]) / sum(treated))),
      log_odds_ratio = unname(summary(crude)$coefficients[2, 1:2])
    ),
    risk_model = list(
      benefit = with_error(function(b) benefit(b, rows), coef(fit), vcov(fit)),
      log_odds_ratio = with_error(function(b) log_odds_ratio(b, rows), coef(fit), vcov(fit)),
      share = with_error(function(b) share(b, rows), coef(fit), vcov(fit))
    )
  )
}

values <- list(
  made_with = list(R = as.character(getRversion())),
  risk = risk, arm = arm, event = event, phi0 = phi0, phi1 = phi1, group = group,
  odds_ratio = unname(summary(fit)$coefficients[3, 1:2]),
  trend = unname(summary(trend)$coefficients[4, 1:2]),
  groups = lapply(1:4, in_group)
)
cat(toJSON(values, digits = I(15), auto_unbox = TRUE, pretty = FALSE), "\n")
