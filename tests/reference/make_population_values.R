# Makes population_values.json:
#   python -c "import causaldata; causaldata.nhefs_complete.load_pandas().data.to_csv('nhefs.csv')"
#   Rscript make_population_values.R nhefs.csv > population_values.json
#
# Average effects over everybody (ATE), the treated (ATT) and the overlap population (ATO) in NHEFS:
# weight change and death. Propensity and outcome models by glm and lm, one outcome model in each
# arm; weighted differences by lm with sandwich::vcovHC and by survey::svyglm; augmented and targeted
# estimates from their definitions.

suppressMessages({
  library(sandwich)
  library(survey)
  library(jsonlite)
})

data <- read.csv(commandArgs(trailingOnly = TRUE)[1])
w <- data$qsmk
squared <- c("age", "smokeintensity", "smokeyrs", "wt71")
X <- data.frame(sex = data$sex, race = data$race)
for (name in squared) {
  X[[name]] <- data[[name]]
  X[[paste0(name, "2")]] <- data[[name]]^2
}
for (level in 2:5) X[[paste0("education", level)]] <- as.numeric(data$education == level)
for (name in c("exercise", "active")) {
  for (level in 1:2) X[[paste0(name, level)]] <- as.numeric(data[[name]] == level)
}
X <- as.data.frame(scale(X))
tight <- glm.control(epsilon = 1e-14, maxit = 100)
e <- fitted(glm(w ~ ., data = X, family = binomial, control = tight))

weights_of <- list(
  ate = ifelse(w == 1, 1 / e, 1 / (1 - e)),
  att = ifelse(w == 1, 1, e / (1 - e)),
  ato = ifelse(w == 1, 1 - e, e)
)
target_of <- list(ate = rep(1, length(w)), att = w, ato = e * (1 - e))

weighted <- function(y, weight) {
  fit <- lm(y ~ w, weights = weight)
  design <- svydesign(ids = ~1, weights = weight, data = data.frame(y = y, w = w))
  list(
    estimate = unname(coef(fit)[2]),
    hc0 = sqrt(vcovHC(fit, type = "HC0")[2, 2]),
    hc3 = sqrt(vcovHC(fit, type = "HC3")[2, 2]),
    svyglm = unname(sqrt(vcov(svyglm(y ~ w, design = design))[2, 2]))
  )
}

# The influence function of the weighted average of the effect, nuisances taken as known.
augmented <- function(y, m0, m1, weight, target) {
  n <- length(y)
  signed <- ifelse(w == 1, 1, -1) * weight * (y - ifelse(w == 1, m1, m0))
  estimate <- sum(target * (m1 - m0) + signed) / sum(target)
  influence <- (target * (m1 - m0 - estimate) + signed) / mean(target)
  list(estimate = estimate, se = sd(influence) / sqrt(n))
}

# Predictions shifted by the intercept of a weighted logistic regression with the predictions as
# offset.
targeted <- function(y, m0, m1, weight, target) {
  low <- if (all(y %in% c(0, 1))) 0 else min(y)
  spread <- if (all(y %in% c(0, 1))) 1 else max(y) - min(y)
  shifted <- function(m, arm) {
    start <- qlogis(pmin(pmax((m - low) / spread, 0.0005), 0.9995))
    unit <- (y - low) / spread
    fit <- suppressWarnings(glm(
      unit ~ 1,
      offset = start, weights = weight, subset = w == arm, family = quasibinomial, control = tight
    ))
    low + spread * plogis(start + coef(fit)[1])
  }
  augmented(y, shifted(m0, 0), shifted(m1, 1), weight, target)
}

values_of <- function(y, family) {
  fit <- function(arm) {
    model <- glm(y ~ ., data = cbind(y = y, X)[w == arm, ], family = family, control = tight)
    unname(predict(model, X, type = "response"))
  }
  m0 <- fit(0)
  m1 <- fit(1)
  lapply(setNames(names(weights_of), names(weights_of)), function(name) {
    weight <- weights_of[[name]]
    target <- target_of[[name]]
    list(
      g_formula = sum(target * (m1 - m0)) / sum(target),
      iptw = weighted(y, weight),
      aipw = augmented(y, m0, m1, weight, target),
      tmle = targeted(y, m0, m1, weight, target)
    )
  })
}

values <- list(
  made_with = list(
    R = as.character(getRversion()),
    sandwich = as.character(packageVersion("sandwich")),
    survey = as.character(packageVersion("survey"))
  ),
  weight_change = values_of(data$wt82_71, gaussian),
  death = values_of(data$death, binomial)
)
cat(toJSON(values, digits = 10, auto_unbox = TRUE, pretty = TRUE), "\n")
